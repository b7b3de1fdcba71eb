/** An assignment such as `config = {` behind nothing but blank lines and comments. */
const ASSIGNMENT = /^((?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t]*)([A-Za-z_]\w*[ \t]*=[ \t]*)(?=\{)/;
const STARTS_WITH_BRACE = /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t]*\{/;
const SLASH_COMMENT = /^([ \t]*)\/\//gm;

/**
 * Lets a Python dict be read as the YAML flow mapping that it nearly is: blanks out `config = ` in front of it and
 * turns `//` comment lines into `#` ones. The result is as long as the text, line by line, so positions stay true.
 * Text that does not begin with a brace is YAML already and is left as it is.
 */
export function pythonDictAsYaml(text: string): string {
  const assigned = text.replace(
    ASSIGNMENT,
    (_all, before: string, assignment: string) => before + ' '.repeat(assignment.length),
  );
  return STARTS_WITH_BRACE.test(assigned) ? assigned.replace(SLASH_COMMENT, '$1# ') : assigned;
}
