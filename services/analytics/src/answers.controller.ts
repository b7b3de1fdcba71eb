import { Controller, Get, HttpException, Inject, Query, StreamableFile } from '@nestjs/common';
import { ANALYTICS_ROUTE } from '@bowline/contracts';
import { Analytics } from './analytics.js';
import { BadQuery, readQuery, type Answers } from './answers/answers.js';

/** What is asked over HTTP. Nothing here changes anything. */
@Controller('v1')
export class AnswersController {
  constructor(@Inject(Analytics) private readonly analytics: Analytics) {}

  @Get('channels')
  channels(@Query() query: unknown) {
    return this.answer((answers) => answers.channels(query));
  }

  @Get('accounts')
  accounts(@Query() query: unknown) {
    return this.answer((answers) => answers.accounts(query));
  }

  @Get('positions')
  positions(@Query() query: unknown) {
    return this.answer((answers) => answers.positions(query));
  }

  @Get('pairs')
  pairs(@Query() query: unknown) {
    return this.answer((answers) => answers.pairs(query));
  }

  @Get('orders')
  orders(@Query() query: unknown) {
    return this.answer((answers) => answers.orders(query));
  }

  @Get('trades')
  trades(@Query() query: unknown) {
    return this.answer((answers) => answers.trades(query));
  }

  @Get('fills')
  fills(@Query() query: unknown) {
    return this.answer((answers) => answers.fills(query));
  }

  @Get('signals')
  signals(@Query() query: unknown) {
    return this.answer((answers) => answers.signals(query));
  }

  @Get('denials')
  denials(@Query() query: unknown) {
    return this.answer((answers) => answers.denials(query));
  }

  @Get('alerts')
  alerts(@Query() query: unknown) {
    return this.answer((answers) => answers.alerts(query));
  }

  @Get('controls')
  controls(@Query() query: unknown) {
    return this.answer((answers) => answers.controls(query));
  }

  @Get('statistics')
  statistics(@Query() query: unknown) {
    return this.answer((answers) => answers.statistics(query));
  }

  @Get('database')
  async database(@Query() query: unknown): Promise<StreamableFile> {
    this.answer(() => readQuery('database', query));
    const copy = await this.analytics.copy();
    return new StreamableFile(copy, {
      type: ANALYTICS_ROUTE.database.contentType,
      disposition: 'attachment; filename="desk.duckdb"',
    });
  }

  private answer<T>(answer: (answers: Answers) => T): T {
    try {
      return answer(this.analytics.answers);
    } catch (error) {
      if (!(error instanceof BadQuery)) throw error;
      throw new HttpException(error.problem, error.problem.status, { cause: error });
    }
  }
}
