import { DiffResponse, PropertyDiff } from "@pulumi/pulumi/proto/provider_pb";
import { sameJson } from "../../resources/inputs";
import type { Difference, Values } from "../../resources/lifecycle";

const { DIFF_NONE, DIFF_SOME } = DiffResponse.DiffChanges;
const { ADD, ADD_REPLACE, DELETE, DELETE_REPLACE, UPDATE, UPDATE_REPLACE } = PropertyDiff.Kind;

/** Each changed property with its kind. One that is no input, as `renewalTime`, is an update of the output. */
export function diffAnswer(
  { changes }: Difference,
  oldInputs: Values,
  newInputs: Values,
  stableOutputs: readonly string[],
): DiffResponse {
  const answer = new DiffResponse();
  answer.setChanges(changes.length > 0 ? DIFF_SOME : DIFF_NONE);
  answer.setHasdetaileddiff(true);
  const replacing = new Set(changes.filter((change) => change.replaces).map((change) => change.property));
  const properties = [...new Set(changes.map((change) => change.property))];
  for (const property of properties) {
    const detail = new PropertyDiff();
    detail.setKind(kindOf(property in oldInputs, property in newInputs, replacing.has(property)));
    detail.setInputdiff(!sameJson(oldInputs[property], newInputs[property]));
    answer.getDetaileddiffMap().set(property, detail);
  }
  answer.setDiffsList(properties);
  answer.setReplacesList([...replacing]);
  answer.setStablesList(replacing.size > 0 ? [] : [...stableOutputs]);
  // The new door is opened before the old one is closed.
  answer.setDeletebeforereplace(false);
  return answer;
}

function kindOf(wasGiven: boolean, isGiven: boolean, replaces: boolean): PropertyDiff.Kind {
  if (wasGiven && !isGiven) {
    return replaces ? DELETE_REPLACE : DELETE;
  }
  if (!wasGiven && isGiven) {
    return replaces ? ADD_REPLACE : ADD;
  }
  return replaces ? UPDATE_REPLACE : UPDATE;
}
