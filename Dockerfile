# Onsite with its embedded PostgreSQL in /data, or, where DATABASE_URL is set, with an external one.
#
#   docker build --tag onsite .
#   docker run --init --publish 8000:8000 --volume onsite-data:/data onsite

FROM python:3.13-slim-bookworm AS packages
WORKDIR /app
ENV PIP_NO_CACHE_DIR=1
# Before the code, so that a change of the code does not fetch the packages again.
COPY install.py requirements.lock ./
RUN python install.py && .venv/bin/python -m pip uninstall --quiet --yes pip
COPY . .
# The running container cannot write here; without this every start would compile anew.
RUN .venv/bin/python -m compileall -q domain sync service migrations

FROM python:3.13-slim-bookworm
# No pip: nothing is installed into a running container. PostgreSQL looks its account up by name, so there has to be one.
RUN python -m pip uninstall --quiet --yes pip \
 && useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin onsite \
 && install --directory --owner onsite --group onsite --mode 0700 /data
COPY --from=packages /app /app
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    ONSITE_DATA=/data \
    ONSITE_HOST=0.0.0.0 \
    ONSITE_PORT=8000
USER onsite
VOLUME /data
EXPOSE 8000
# SIGTERM ends requests first, then the database with a checkpoint.
STOPSIGNAL SIGTERM
# A long crash recovery is no failure: the start waits for it, and so does this.
HEALTHCHECK --interval=10s --timeout=3s --start-period=120s --retries=3 CMD ["python", "-c", "\
import os, urllib.request; \
urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"ONSITE_PORT\"]}/v1/health', timeout=2)"]
ENTRYPOINT ["onsite"]
CMD ["serve"]
