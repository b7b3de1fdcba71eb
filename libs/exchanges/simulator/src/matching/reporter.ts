import type { Lots, Ticks, TimeMs } from '@bowline/domain';
import type { NewListRequest, OrderRequest } from './commands.js';
import type { ExecutionReport, TradeReport } from './execution-report.js';
import type { Order } from './order.js';
import type { Settled } from './spot.js';
import type { ExecType, ExpireReason, Liquidity, RejectCode } from './vocabulary.js';

const NOTHING: Settled = { fee: 0n, baseFee: 0n, feeBaseLots: 0, realizedPnl: 0n };

/** Writes the execution reports, in the order in which things happen. The house gets none. */
export class Reporter {
  private reports: ExecutionReport[] = [];
  private lastExecId = 0;
  time: TimeMs = Number.NEGATIVE_INFINITY;

  /** `silent` is the account that is told nothing. */
  constructor(private readonly silent: string) {}

  /** What was reported since the last call. */
  drain(): readonly ExecutionReport[] {
    const drained = this.reports;
    if (drained.length > 0) this.reports = [];
    return drained;
  }

  /** What happens to an order other than a trade, and why, where it was not asked for. */
  tell(
    order: Order,
    execType: Exclude<ExecType, 'TRADE' | 'REJECTED'>,
    reason: ExpireReason | null = null,
  ): void {
    if (order.account.id !== this.silent) this.write(order, execType, 0, null, null, null, NOTHING, reason);
  }

  trade(
    order: Order,
    quantity: Lots,
    price: Ticks,
    liquidity: Liquidity,
    tradeId: number,
    settled: Settled,
  ): void {
    if (order.account.id === this.silent) return;
    const report = this.write(order, 'TRADE', quantity, price, liquidity, tradeId, settled, null);
    // The account's own record of its trades is the list of these reports.
    order.account.record(report as TradeReport);
  }

  /** A refused request. `order` is the open order that an amend or cancel meant, which stays as it is. */
  rejected(request: Exclude<OrderRequest, NewListRequest>, code: RejectCode, order: Order | null): void {
    const rejectedRequest = request.kind === 'cancelAll' ? 'cancel' : request.kind;
    const asked = request.kind === 'new' ? request : null;
    this.reports.push({
      execId: ++this.lastExecId,
      execType: 'REJECTED',
      orderStatus: order?.status ?? 'REJECTED',
      time: this.time,
      account: request.account,
      symbol: request.symbol,
      orderId: order?.orderId ?? null,
      clientOrderId:
        order?.clientOrderId ?? (request.kind === 'cancelAll' ? '' : (request.clientOrderId ?? '')),
      side: order?.side ?? asked?.side ?? null,
      positionSide: order?.positionSide ?? asked?.positionSide ?? 'BOTH',
      orderType: order?.orderType ?? asked?.orderType ?? null,
      timeInForce: order?.timeInForce ?? asked?.timeInForce ?? null,
      reduceOnly: order?.reduceOnly ?? asked?.reduceOnly ?? false,
      price: order?.price ?? asked?.price ?? null,
      stopPrice: order?.stopPrice ?? asked?.stopPrice ?? null,
      workingType: order?.workingType ?? asked?.workingType ?? null,
      orderQty: order?.orderQty ?? asked?.orderQty ?? 0,
      cumQty: order?.cumQty ?? 0,
      leavesQty: order?.leavesQty ?? 0,
      cumValue: order?.cumValue ?? 0n,
      lastQty: 0,
      lastPx: null,
      liquidity: null,
      tradeId: null,
      ...NOTHING,
      orderListId: null,
      isPending: false,
      rejectCode: code,
      rejectedRequest,
      expireReason: null,
      forced: null,
    });
  }

  private write(
    order: Order,
    execType: ExecType,
    lastQty: Lots,
    lastPx: Ticks | null,
    liquidity: Liquidity | null,
    tradeId: number | null,
    { baseFee, fee, feeBaseLots, realizedPnl }: Settled,
    expireReason: ExpireReason | null,
  ): ExecutionReport {
    const report: ExecutionReport = {
      execId: ++this.lastExecId,
      execType,
      orderStatus: order.status,
      time: this.time,
      account: order.account.id,
      symbol: order.market.instrument.symbol,
      orderId: order.orderId,
      clientOrderId: order.clientOrderId,
      side: order.side,
      positionSide: order.positionSide,
      orderType: order.orderType,
      timeInForce: order.timeInForce,
      reduceOnly: order.reduceOnly,
      price: order.price,
      stopPrice: order.stopPrice,
      workingType: order.workingType,
      orderQty: order.orderQty,
      cumQty: order.cumQty,
      leavesQty: order.leavesQty,
      cumValue: order.cumValue,
      lastQty,
      lastPx,
      liquidity,
      tradeId,
      fee,
      baseFee,
      feeBaseLots,
      realizedPnl,
      orderListId: order.list?.orderListId ?? null,
      isPending: order.isPending,
      rejectCode: null,
      rejectedRequest: null,
      expireReason,
      forced: order.forced,
    };
    this.reports.push(report);
    return report;
  }
}
