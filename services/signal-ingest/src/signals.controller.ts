import { Body, Controller, HttpCode, HttpException, Inject, Ip, Post } from '@nestjs/common';
import type { SignalsAccepted } from '@bowline/contracts';
import { SignalIngest } from './signal-ingest.js';

@Controller('v1/signals')
export class SignalsController {
  constructor(@Inject(SignalIngest) private readonly ingest: SignalIngest) {}

  @Post()
  @HttpCode(202)
  async take(@Ip() source: string, @Body() body: unknown): Promise<SignalsAccepted> {
    const receipt = await this.ingest.receive(source, body);
    if (receipt.taken) return receipt.answer;
    throw new HttpException(receipt.problem, receipt.problem.status);
  }
}
