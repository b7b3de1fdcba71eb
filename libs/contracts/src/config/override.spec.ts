import { describe, expect, it } from '@jest/globals';
import { decimal } from '@bowline/domain';
import { InputError } from '../errors.js';
import { parseConfig } from './parse.js';

const DESK = `
clients:
  ikenna:
    exchanges: { binance: { account_balance: 1000 } }
    risk_params:
      take_profit_pct: 3
      stop_loss_sd: 2
    order_params: { sizing: { percent_of_balance: 5 } }
    strategies: [trend, reversal]
  odum:
    exchanges: { binance: {} }
`;

function parsed(...overrides: [path: string, text: string][]) {
  return parseConfig(
    DESK,
    'desk.yaml',
    overrides.map(([path, text]) => ({ path: path.split('.'), text, label: `--param ${path}=${text}` })),
  );
}

function problemsOf(...overrides: [path: string, text: string][]): readonly string[] {
  try {
    parsed(...overrides);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

describe('an override', () => {
  it('replaces what the file says, however either spells it', () => {
    const [ikenna] = parsed(['clients.ikenna.riskParams.stopLossSd', '1.5']).clients;
    expect(ikenna.defaults.stopLoss).toEqual({ kind: 'sd', multiple: 1.5 });
    expect(ikenna.defaults.takeProfit).toEqual({ kind: 'pct', percent: decimal('3') });
    const [again] = parsed(['clients.ikenna.risk_params.stop_loss_sd', '1']).clients;
    expect(again.defaults.stopLoss).toEqual({ kind: 'sd', multiple: 1 });
  });

  it('removes the twin of a distance', () => {
    const [ikenna] = parsed(['clients.ikenna.riskParams.takeProfitSd', '4']).clients;
    expect(ikenna.defaults.takeProfit).toEqual({ kind: 'sd', multiple: 4 });
  });

  it('replaces a sizing as a whole', () => {
    const [ikenna] = parsed(['clients.ikenna.orderParams.sizing.fixedQuantity', '0.1']).clients;
    expect(ikenna.defaults.sizing).toEqual({ kind: 'fixedQuantity', quantity: decimal('0.1') });
  });

  it('adds sections that the file does not have', () => {
    const { clients, execution } = parsed(
      ['clients.odum.riskParams.takeProfitPct', '2'],
      ['execution.slippageBps', '5'],
    );
    expect(clients[1].defaults.takeProfit).toEqual({ kind: 'pct', percent: decimal('2') });
    expect(execution.slippageBps).toEqual(decimal('5'));
  });

  it('makes a list of strategies a map of them', () => {
    const [ikenna] = parsed(['clients.ikenna.strategies.trend.riskParams.stopLossSd', '9']).clients;
    expect([...(ikenna.strategies ?? new Map()).keys()]).toEqual(['reversal', 'trend']);
    expect(ikenna.strategies?.get('trend')?.stopLoss).toEqual({ kind: 'sd', multiple: 9 });
    expect(ikenna.strategies?.get('reversal')?.stopLoss).toEqual({ kind: 'sd', multiple: 2 });
  });

  it('switches off with null', () => {
    const [ikenna] = parsed(['clients.ikenna.riskParams.takeProfitPct', 'null']).clients;
    expect(ikenna.defaults.takeProfit).toBeNull();
  });

  it('is checked as the file is, and named where it is wrong', () => {
    expect(problemsOf(['clients.ikenna.riskParams.takeProfitSd', '-1'])).toEqual([
      expect.stringMatching(
        /^--param clients\.ikenna\.riskParams\.takeProfitSd=-1: clients\.ikenna\.risk_params\.takeProfitSd: /,
      ),
    ]);
    expect(problemsOf(['execution.slipageBps', '1'])).toEqual([
      expect.stringContaining('did you mean slippageBps?'),
    ]);
    expect(problemsOf(['clients.nobody.riskParams.stopLossSd', '1'])).toEqual([
      expect.stringMatching(
        /^--param clients\.nobody\.riskParams\.stopLossSd=1: clients\.nobody\.exchanges: /,
      ),
    ]);
  });

  it('leaves the messages about the file where they were', () => {
    expect(problemsOf(['clients.ikenna.riskParams.stopLossSd', '1'])).toEqual([]);
    const broken = DESK.replace('take_profit_pct: 3', 'take_profit_pct: x');
    expect(() => parseConfig(broken, 'desk.yaml', [])).toThrow(/^desk\.yaml:6:24: clients\.ikenna/);
  });
});
