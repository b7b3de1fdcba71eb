/** Three minutes of a market, and how a command is told of it where it lies in the working folder. */
export const BARS = `time,open,high,low,close,volume
2025-10-24T10:00:00Z,45000,45100,44950,45050,12
2025-10-24T10:01:00Z,46000,46100,45900,46000,8
2025-10-24T10:02:00Z,46500,48000,46400,47900,20
`;
export const TICKS = `time,price,quantity
2025-10-24T10:00:00.000Z,45000,0.5
2025-10-24T10:00:10.000Z,45000.5,0.5
2025-10-24T10:00:20.000Z,45001,0.5
`;
export const SIGNALS = `time,strategyId,symbol,signal
2025-10-24T10:00:01Z,A,BTCUSDT,1
2025-10-24T10:00:15Z,A,BTCUSDT,0
`;

export const CONFIG = ['simulate', '--config', 'desk.yaml'];
export const WITH_BARS = [...CONFIG, '--bars', 'BTCUSDT=bars.csv'];
export const WITH_TICKS = [...CONFIG, '--ticks', 'BTCUSDT=ticks.csv'];
export const BY_FILE = ['--signals', 'signals.csv'];
