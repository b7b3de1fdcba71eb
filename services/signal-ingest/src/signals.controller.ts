import { Body, Controller, Headers, HttpCode, HttpException, Inject, Ip, Param, Post } from '@nestjs/common';
import {
  parseAlertText,
  parseJsonBytes,
  problem,
  readTradingView,
  tradingViewSecret,
  utf8Text,
} from '@bowline/contracts';
import type { SignalsAccepted } from '@bowline/contracts';
import { SignalAccess, type Admitted, type RequestHeaders } from './signal-access.js';
import type { Sender } from './sender.js';
import { SignalIngest, type Receipt } from './signal-ingest.js';

/** What stands for a body where none came. */
const NOTHING = new Uint8Array();

/** Bodies come as they were sent: who has sent them is known before they are read. */
@Controller('v1')
export class SignalsController {
  constructor(
    @Inject(SignalIngest) private readonly ingest: SignalIngest,
    @Inject(SignalAccess) private readonly access: SignalAccess,
  ) {}

  @Post('signals')
  @HttpCode(202)
  async take(
    @Ip() address: string,
    @Headers() headers: RequestHeaders,
    @Body() body: Uint8Array = NOTHING,
  ): Promise<SignalsAccepted> {
    const sender = senderOf(this.access.signed(address, headers, body), headers);
    return answerOf(await this.ingest.receive(sender, valueOf(parseJsonBytes(body))));
  }

  @Post('webhooks/tradingview/:source')
  @HttpCode(202)
  async takeAlert(
    @Ip() address: string,
    @Param('source') source: string,
    @Headers() headers: RequestHeaders,
    @Body() body: Uint8Array = NOTHING,
  ): Promise<SignalsAccepted> {
    const alert = valueOf(readAlert(body));
    const sender = senderOf(this.access.bySecret(address, source, tradingViewSecret(alert)), headers);
    return answerOf(await this.ingest.take(sender, 1, ({ symbols }) => readTradingView(alert, symbols)));
  }
}

type Parsed =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string };

/** TradingView calls JSON a text where it finds a flaw in it: then the flaw is said. */
function readAlert(body: Uint8Array): Parsed {
  const text = utf8Text(body);
  return text === null || /^\s*[[{]/.test(text) ? parseJsonBytes(body) : parseAlertText(text);
}

function valueOf(parsed: Parsed): unknown {
  if (parsed.ok) return parsed.value;
  throw refusal(problem('malformed-body', { detail: parsed.message }));
}

function senderOf(admitted: Admitted, { traceparent }: RequestHeaders): Sender {
  if (admitted.ok)
    return typeof traceparent === 'string' ? { ...admitted.sender, traceparent } : admitted.sender;
  throw refusal(admitted.problem);
}

function answerOf(receipt: Receipt): SignalsAccepted {
  if (receipt.taken) return receipt.answer;
  throw refusal(receipt.problem);
}

function refusal(problem: { readonly status: number }): HttpException {
  return new HttpException(problem, problem.status);
}
