import type { ErrorCode } from 'yaml';

/**
 * What to tell a person about a YAML error. The parser's own messages are not used: some quote the text, and the
 * text may be a key that somebody pasted into the file.
 */
const SENTENCES: Partial<Record<ErrorCode, string>> = {
  BAD_DQ_ESCAPE: 'unknown escape in a double-quoted text; use single quotes, or write the backslash twice',
  BAD_INDENT: 'wrong indentation, or a bracket that is not closed',
  BAD_SCALAR_START: 'a text cannot begin with this character; put it in quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'a second ": " on one line, or a line that is indented further than the one above allows',
  BLOCK_IN_FLOW: 'a comma is missing between two entries in braces',
  MISSING_CHAR: 'a colon or a closing quote is missing',
  MULTILINE_IMPLICIT_KEY: 'a key must be followed by a colon on the same line',
  TAB_AS_INDENT: 'a tab in the indentation; use spaces',
  UNEXPECTED_TOKEN: 'something that does not belong here: a stray bracket, quote, or dash',
};

/** The sentence for an error code of the parser. */
export function syntaxSentence(code: ErrorCode): string {
  return `not valid YAML: ${SENTENCES[code] ?? 'this cannot be read'}`;
}
