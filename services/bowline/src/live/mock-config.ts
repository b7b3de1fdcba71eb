/** The configuration that `bowline start` trades by where none is given: it makes enough happen to be watched. */
export const MOCK_CONFIG = `# The desk of npm start: change it and start again. The command init writes a file with every option explained.

environment: local-dev

clients:
  # Protection by volatility; three quarters of every signal go to one exchange, one quarter to the other.
  ikenna:
    exchanges:
      binance-usdm: { accountBalance: 60000, feeMakerBps: 2, feeTakerBps: 5 }
      okx: { accountBalance: 20000, feeMakerBps: 2, feeTakerBps: 5 }
    riskParams: { takeProfitSd: 3, stopLossSd: 2, volatilityWindow: 60, maxLeverage: 2 }
    orderParams: { sizing: { percentOfBalance: 10 } }
    routing: { binance-usdm: 75, okx: 25 }

  # Protection in percent, and orders that rest until the price comes to them. Follows two strategies, one its own way.
  odum:
    exchanges:
      binance-usdm: { accountBalance: 30000, feeMakerBps: 2, feeTakerBps: 5 }
    riskParams: { takeProfitPct: 0.5, stopLossPct: 0.3, maxDailyLoss: 1500 }
    orderParams: { defaultOrderType: limit, limitOffsetBps: 1, sizing: { fixedNotional: 5000 } }
    strategies:
      trend-fast: {}
      reversal-fast: { riskParams: { stopLossPct: 0.2, timeExitMinutes: 15 }, orderParams: { mode: longOnly } }

  # Every entry risks half a percent of the balance; the stop follows the price. More than its leverage is denied.
  christian:
    exchanges:
      okx: { accountBalance: 40000, feeMakerBps: 2, feeTakerBps: 5 }
    riskParams: { takeProfitSd: 5, stopLossSd: 3, trailingStopSd: 3, volatilityWindow: 60, maxLeverage: 3 }
    orderParams: { sizing: { riskPerTrade: 0.5 } }
    strategies: [trend-fast, trend-slow, reversal-fast, reversal-slow]

instruments:
  BTCUSDT: { tickSize: 0.1, lotSize: 0.001, minNotional: 5 }
  ETHUSDT: { tickSize: 0.01, lotSize: 0.001, minNotional: 5 }
  SOLUSDT: { tickSize: 0.01, lotSize: 0.01, minNotional: 5 }

# How the mock exchanges answer:
#dependencies: { exchanges: { type: mock, latencyMs: 50, fillRatio: 1.0 } }
`;
