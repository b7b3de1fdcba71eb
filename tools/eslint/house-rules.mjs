/** Rules of this repository that no published plugin has. */

const explainExceptions = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: {
      unexplained: 'Say why the rule does not hold here: `eslint-disable-next-line rule -- reason`.',
    },
  },
  create(context) {
    return {
      Program() {
        for (const comment of context.sourceCode.getAllComments()) {
          const text = comment.value.trim();
          if (text.startsWith('eslint-disable') && !/ -- \S/.test(text)) {
            context.report({ loc: comment.loc, messageId: 'unexplained' });
          }
        }
      },
    };
  },
};

export const houseRules = { rules: { 'explain-exceptions': explainExceptions } };

/** Selectors for no-restricted-syntax, by where they hold. */
export const refusedSyntax = {
  everywhere: [
    {
      // no-empty is content with a comment; an error that is thrown away is not.
      selector: 'CatchClause[body.body.length=0]',
      message: 'An empty catch hides errors: handle the one you expect and throw the others again.',
    },
  ],
  domain: [
    { selector: 'ImportExpression', message: 'The domain imports nothing from outside, and nothing late.' },
    {
      selector: "NewExpression[callee.name='Date'][arguments.length=0]",
      message: 'The domain has no clock: take the time from the input.',
    },
    {
      selector: "CallExpression[callee.name='Date']",
      message: 'The domain has no clock: take the time from the input.',
    },
  ],
  specs: [
    {
      selector: "MemberExpression[object.name=/^(describe|it|test)$/][property.name='only']",
      message: 'An `.only` silences every other test.',
    },
    {
      selector: 'MemberExpression[object.name=/^(describe|it|test)$/][property.name=/^(skip|todo)$/]',
      message: 'A suite that cannot run everywhere says what it needs: whenPresent() of @bowline/testkit.',
    },
    {
      selector: 'CallExpression[callee.name=/^(fdescribe|fit|xdescribe|xit|xtest)$/]',
      message: 'No test is silenced; a suite that cannot run everywhere is declared with whenPresent().',
    },
    {
      selector: "MemberExpression[object.name='jest'][property.name=/^(mock|unstable_mockModule|doMock)$/]",
      message: 'Logic is tested, not mocked: pass a fake through a port.',
    },
  ],
};
