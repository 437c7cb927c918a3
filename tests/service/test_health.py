from httpx import AsyncClient


async def test_health_tells_that_the_service_is_ready(client: AsyncClient) -> None:
    answer = await client.get("/v1/health")

    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})
