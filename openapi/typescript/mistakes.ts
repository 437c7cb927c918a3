/** What the contract must make impossible to write. A line here that compiles fails the check. */
import type { components } from "./build/contract.js";

type Schemas = components["schemas"];

const part: Schemas["PartUsed"] = { part_code: "P-AC-011" };

// @ts-expect-error An answer holds every field.
export const view: Schemas["PartUsedView"] = part;

// @ts-expect-error Money is a number of minor units.
export const price: Schemas["PartUsed"] = { part_code: "P-AC-011", unit_price_fen: "35.00" };

// @ts-expect-error A kind of fact has one name.
export const kind: Partial<Schemas["Fact"]> = { part_usd: part };

// @ts-expect-error An outcome is one of six words.
export const outcome: Schemas["Outcome"] = "ok";

// @ts-expect-error A code is one of those in the catalogue.
export const code: Schemas["ProblemCode"] = "oops";

// @ts-expect-error A field that may be null has to be looked at first.
export const symptom = (job: Schemas["Job"]): number => job.opened_at.length;
