import { DEFAULTS } from './defaults.js';

/**
 * The configuration that `bowline init` writes: three clients at two exchanges, with every option there is. Lines
 * that begin with `# ` explain; an option that is off, or at its default, stands behind a `#` without a space, and
 * each can be switched on by removing that one character.
 */
export function configTemplate(): string {
  return TEMPLATE;
}

const TEMPLATE = `# Bowline desk: whose money, at which exchanges, on which strategies, with how much risk.
#
# Keys may be written in camelCase or snake_case. Numbers are exact decimals. Percentages: 2 means 2 %.
# An option that begins with "#" right before its name is off, or shows its default: remove the "#" to set it.
# A limit that is left out is off; in a strategy's overrides, null switches off what the client has set.

# local-dev, local-integration; cloud-dev and production are checked, and not built yet.
environment: ${DEFAULTS.environment}

# live, mock, simulation or historical. A command with a mode of its own, such as backtest, ignores it.
#mode: historical

clients:
  # The example with every option.
  ikenna:
    exchanges:
      binance-usdm:
        # Starting balance, quote currency. Without it only fixedQuantity and fixedNotional can size entries.
        accountBalance: 10000
        # Fees, basis points: resting limit orders (below 0 for a rebate), and everything else.
        #feeMakerBps: ${DEFAULTS.feeMakerBps}
        #feeTakerBps: ${DEFAULTS.feeTakerBps}
        # Whether the account keeps a LONG and a SHORT position of a symbol side by side.
        #hedgeMode: ${DEFAULTS.hedgeMode}
        #allowSynthetic: ${DEFAULTS.allowSynthetic}
        # Left out: every symbol that has bars.
        #symbols: [BTCUSDT, ETHUSDT]
        # Where the keys are found, never the keys: env:NAME, file:PATH, or the bare name of a variable.
        #apiKey: env:IKENNA_BINANCE_KEY
        #apiSecret: env:IKENNA_BINANCE_SECRET
        #apiPassphrase: env:IKENNA_OKX_PASSPHRASE
        # What signs the orders to this account, where they go over a bus; order intents have the client's commandKey.
        #commandKey: env:IKENNA_BINANCE_COMMANDS
        # Whether this is the exchange's paper account.
        #paperTrading: false
      okx:
        accountBalance: 5000

    riskParams:
      # Distances from the entry: ...Sd in multiples of volatility x entry price, ...Pct in percent of the entry
      # price. Of each pair one at most.
      takeProfitSd: 14
      stopLossSd: 9
      # The stop follows the best price of the trade.
      #trailingStopSd: 9
      # Once the price has moved this far in favour, the stop goes to the entry price.
      #breakEvenSd: 7
      # Closes the position at the market this long after its first fill, minutes.
      #timeExitMinutes: 240
      # Log returns in the volatility.
      #volatilityWindow: ${DEFAULTS.volatilityWindow}
      # Limits per strategy and symbol: base units (position, order) or quote currency (notional, value).
      #maxPositionSize: 0.5
      #maxPositionNotional: 25000
      #maxOrderQuantity: 0.2
      #maxOrderValue: 10000
      # Losing trades in a row, then no entries until the UTC day ends.
      #maxConsecutiveLosses: 5
      # Limits on the client as a whole: gross exposure over balance, then quote currency.
      maxLeverage: 3
      #maxGrossExposure: 50000
      #maxNetExposure: 30000
      # Net loss of the UTC day, quote currency, and fall of realized equity from its peak, percent: no entries beyond.
      #maxDailyLoss: 500
      #maxDrawdownPct: 20
      #restrictedSymbols: [LUNAUSDT]
      # A second identical entry within this time is denied, ms. 0: allowed.
      #duplicateOrderWindowMs: ${DEFAULTS.duplicateOrderWindowMs}

    orderParams:
      # market or limit.
      #defaultOrderType: ${DEFAULTS.orderType}
      # A limit entry rests this far behind the acting price, basis points.
      #limitOffsetBps: ${DEFAULTS.limitOffsetBps}
      # GTC, IOC, FOK, or GTX (only as maker, for limit orders).
      #timeInForce: ${DEFAULTS.timeInForce}
      # A market entry that would slip more is denied, basis points.
      #maxSlippageBps: 10
      # A signal acts at the open of the next bar, or at the close of the last one.
      #entryPoint: ${DEFAULTS.entryPoint}
      # longShort, or longOnly: then a signal of -1 only closes.
      #mode: ${DEFAULTS.mode}
      # Whether a repeated signal of the same side adds to the position.
      #scaleIn: ${DEFAULTS.scaleIn}
      # How entries are worked, in one of these ways. Left out: they are sent as they are.
      #execution: { type: twap, durationMs: 600000, slices: 10 }
      #   { type: vwap, durationMs: 600000, profile: [5, 1, 4] }
      #   { type: iceberg, displayPercent: 10 }
      #   { type: pov, percent: 10, intervalMs: ${DEFAULTS.povIntervalMs}, durationMs: 600000 }
      #   { type: chunked, chunks: ${DEFAULTS.chunks}, quoting: ${DEFAULTS.quoting}, quoteMs: ${DEFAULTS.quoteMs}, repriceMs: ${DEFAULTS.repriceMs}, repriceBps: ${DEFAULTS.repriceBps}, attempts: ${DEFAULTS.attempts}, retryMs: ${DEFAULTS.retryMs} }
      # Exactly one of fixedQuantity (base units), fixedNotional (quote currency), percentOfBalance, and riskPerTrade
      # (percent of the balance that is lost at the stop).
      sizing:
        fixedNotional: ${DEFAULTS.fixedNotional}

    # Strategies that the client follows. Left out: every one that sends a signal.
    #strategies: [trend-fast, trend-slow]

    # Weights by which a signal is split over the exchanges. Left out: each takes the whole signal.
    #routing: { binance-usdm: 70, okx: 30 }
    # true, without weights: by order books, fees and limits, at the moment of the signal.
    #smartRouting: false

  # Percentages in place of volatility, and overrides per strategy.
  odum:
    exchanges:
      binance-usdm:
        accountBalance: 20000
    riskParams:
      takeProfitPct: 3
      stopLossPct: 1.5
      #trailingStopPct: 1.5
      #breakEvenPct: 1
      maxLeverage: 2
      maxDailyLoss: 600
    orderParams:
      sizing:
        percentOfBalance: 5
    #strategies: { trend-fast: { riskParams: { takeProfitPct: 1 } }, trend-slow: { orderParams: { mode: longOnly } } }

  # Sized by risk: every entry loses a tenth of a percent of the balance at its stop.
  christian:
    exchanges:
      okx:
        accountBalance: 15000
    riskParams:
      takeProfitSd: 12
      stopLossSd: 8
      maxLeverage: 2
      maxDailyLoss: 300
    orderParams:
      sizing:
        riskPerTrade: 0.1
    #strategies: { breakout: { orderParams: { sizing: { fixedQuantity: 0.01 } } } }

# Units of the instruments, by symbol, or by exchange and symbol. What is left out comes from the data.
instruments:
  # Steps of price and quantity, smallest value of an order (quote currency).
  #BTCUSDT: { tickSize: 0.1, lotSize: 0.001, minNotional: 5, kind: perpetual, base: BTC, quote: USDT, settle: USDT }
  #okx: { ETHUSDT: { tickSize: 0.01, lotSize: 0.001, multiplier: 1, inverse: false } }
  # From a price on, prices may move in larger steps.
  #BTC-OPTION: { kind: option, expiry: 2026-06-26T08:00:00Z, strike: 60000, right: call, tickTable: [{ from: 0, step: 1 }, { from: 100, step: 5 }] }

# How the simulated exchange fills.
execution:
  # Against us, on market and stop fills, basis points.
  #slippageBps: ${DEFAULTS.slippageBps}
  # How long after its own time a signal acts, ms.
  #latencyMs: ${DEFAULTS.latencyMs}
  # Probability that a touched resting limit order fills in that bar, and the share of it that then fills.
  #fillProbability: ${DEFAULTS.fillProbability}
  #partialFillRatio: ${DEFAULTS.partialFillRatio}
  # Which leg a bar takes that reaches both: pessimistic (the stop), optimistic (the take-profit), path (the nearer).
  #intrabar: ${DEFAULTS.intrabar}
  # Seed of the fill draws.
  #seed: ${DEFAULTS.seed}

# Where a running desk gets its signals from, and who may send which.
ingest:
  # Whether signals are taken from whoever reaches the port. Left out: as long as there is no source below, and the
  # desk listens on this machine only.
  #open: true
  # Senders by HTTP, with one secret, or two while one replaces the other: standard (signed as Standard Webhooks say),
  # or tradingview (the secret stands in the body). A source may be held to its strategies.
  #sources: { research: { kind: standard, secrets: [env:RESEARCH_SECRET, file:/run/secrets/research], strategies: [trend-fast] }, alerts: { kind: tradingview, secrets: [env:ALERTS_SECRET] } }
  # Files that signals are appended to (jsonl or csv), and topics of the bus.
  #files: [{ path: ./signals.jsonl, format: jsonl }]
  #subscriptions: [{ topic: strategy-signals }]

# What surrounds a running desk; historical mode uses none of it.
#storage: { type: duckdb, path: ./local.db }
#messaging: { type: local_pubsub, queueSize: 1000 }
#dependencies: { exchanges: { type: mock, latencyMs: 50, fillRatio: 1.0 } }
#journal: { type: embedded }
#process: { memoryLimitMb: 1024, cpuLimit: 1, logLevel: INFO, token: env:BOWLINE_TOKEN }
# The same for several processes on one machine, and for the cloud:
#   storage: { type: bigquery, project: dev-project, dataset: order_management }
#   messaging: { type: redis, host: redis, port: 6379 } or { type: pubsub, project: dev-project, topic: order_events }
#   dependencies: { exchanges: { type: simulator, url: 'http://exchange-simulator:8430', latencyDistribution: normal, fillProbability: 0.95 } }
#                 or { exchanges: { type: paper_trading, useRealMarketData: true } }
#                 or { exchanges: { type: live, connections: { binance-usdm: { testnet: true }, kraken: { adapter: ccxt, ccxtId: kraken } } } }
#   Where an exchange is not where it usually is, and where the other roles find prices:
#     connections: { binance-usdm: { rest: 'http://exchange-simulator:8431', stream: 'ws://exchange-simulator:8431' } }
#     marketData: { url: 'http://market-data-{exchange}:8420' }
`;
