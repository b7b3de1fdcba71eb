/** The configuration of the sample desk: three clients that see the same strategies, each in its own way. */
export const SAMPLE_CONFIG = `# The sample desk: change it and run it again. The command init writes a file with every option explained.

clients:
  # Protection by volatility; three quarters of every signal go to one exchange, one quarter to the other.
  ikenna:
    exchanges:
      binance-usdm: { accountBalance: 60000, feeMakerBps: 2, feeTakerBps: 5 }
      okx: { accountBalance: 20000, feeMakerBps: 2, feeTakerBps: 5 }
    riskParams: { takeProfitSd: 30, stopLossSd: 20, volatilityWindow: 120, maxLeverage: 3 }
    orderParams: { sizing: { percentOfBalance: 10 } }
    routing: { binance-usdm: 75, okx: 25 }

  # Protection in percent, and orders that rest until the price comes to them. Follows two strategies, one its own way.
  odum:
    exchanges:
      binance-usdm: { accountBalance: 30000, feeMakerBps: 2, feeTakerBps: 5 }
    riskParams: { takeProfitPct: 2.5, stopLossPct: 1.5, maxDailyLoss: 1500 }
    orderParams: { defaultOrderType: limit, limitOffsetBps: 1, sizing: { fixedNotional: 5000 } }
    strategies:
      trend-fast: {}
      reversal-fast: { riskParams: { stopLossPct: 1, timeExitMinutes: 720 }, orderParams: { mode: longOnly } }

  # Every entry risks half a percent of the balance; the stop follows the price.
  christian:
    exchanges:
      okx: { accountBalance: 40000, feeMakerBps: 2, feeTakerBps: 5 }
    riskParams: { takeProfitSd: 40, stopLossSd: 25, trailingStopSd: 25, volatilityWindow: 120, maxLeverage: 5 }
    orderParams: { sizing: { riskPerTrade: 0.5 } }
    strategies: [trend-fast, trend-slow, reversal-fast, reversal-slow]

instruments:
  BTCUSDT: { tickSize: 0.1, lotSize: 0.001, minNotional: 5 }
  ETHUSDT: { tickSize: 0.01, lotSize: 0.001, minNotional: 5 }
  SOLUSDT: { tickSize: 0.01, lotSize: 0.01, minNotional: 5 }

execution: { slippageBps: 0.5, intrabar: pessimistic, seed: 1 }
`;
