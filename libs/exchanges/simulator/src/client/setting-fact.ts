import type { ExchangeFact } from '@bowline/ports';
import type { AccountSetting } from '../matching/index.js';

/** What an account is told of a setting that somebody has changed; null: its balance says it. */
export function settingFact(setting: AccountSetting): ExchangeFact | null {
  const said = { type: 'account_changed' } as const;
  switch (setting.kind) {
    case 'positionMode': {
      const detail = `the position mode is ${setting.hedgeMode ? 'hedge' : 'one-way'} now`;
      return { ...said, what: 'position_mode', symbol: null, detail };
    }
    case 'leverage': {
      const { leverage, symbol } = setting;
      return { ...said, what: 'leverage', symbol, detail: `leverage is ${leverage} now` };
    }
    case 'marginType': {
      const { isolated, symbol } = setting;
      return {
        ...said,
        what: 'margin_type',
        symbol,
        detail: `margin is ${isolated ? 'isolated' : 'crossed'} now`,
      };
    }
    case 'transfer':
      return null;
  }
}
