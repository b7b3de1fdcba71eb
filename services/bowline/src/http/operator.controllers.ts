import { Body, Controller, Get, Header, HttpCode, HttpException, Inject, Post, Res } from '@nestjs/common';
import { ANALYTICS_ROUTES, DESK_ROUTES, openApiDocument } from '@bowline/contracts';
import type { ControlAccepted, Json, StatusResponse } from '@bowline/contracts';
import { healthz, HealthRegistry, Metrics, readyz } from '@bowline/telemetry';
import type { HealthAnswer, HealthReport } from '@bowline/telemetry';
import { VERSION } from '../cli/version.js';
import { ControlDesk } from './control-desk.js';
import type { DeskStatus } from './desk-status.js';
import type { HttpReply } from './reply.js';
import { RouteTable } from './route-table.js';

export const DESK_STATUS = Symbol('DeskStatus');

@Controller('v1')
export class DeskController {
  constructor(
    @Inject(ControlDesk) private readonly desk: ControlDesk,
    @Inject(DESK_STATUS) private readonly desks: DeskStatus,
    @Inject(RouteTable) private readonly routes: RouteTable,
  ) {}

  @Post('control')
  @HttpCode(202)
  async control(@Body() body: unknown): Promise<ControlAccepted> {
    const receipt = await this.desk.receive(body);
    if (receipt.taken) return receipt.answer;
    throw new HttpException(receipt.problem, receipt.problem.status);
  }

  @Get('status')
  status(): StatusResponse {
    return this.desks.read();
  }

  /** Of the routes that this process has: it need not run every role. */
  @Get('openapi.json')
  openapi(): Json {
    const routes = [...DESK_ROUTES, ...ANALYTICS_ROUTES].filter(({ method, path }) =>
      this.routes.has(method, path),
    );
    return openApiDocument(routes, VERSION);
  }
}

@Controller()
export class HealthController {
  constructor(
    @Inject(HealthRegistry) private readonly health: HealthRegistry,
    @Inject(Metrics) private readonly held: Metrics,
  ) {}

  @Get('healthz')
  healthz(@Res({ passthrough: true }) reply: HttpReply): HealthReport {
    return answered(reply, healthz(this.health));
  }

  @Get('readyz')
  readyz(@Res({ passthrough: true }) reply: HttpReply): HealthReport {
    return answered(reply, readyz(this.health));
  }

  @Get('metrics')
  @Header('cache-control', 'no-store')
  async metrics(@Res({ passthrough: true }) reply: HttpReply): Promise<string> {
    reply.header('content-type', this.held.contentType);
    return this.held.text();
  }
}

function answered(reply: HttpReply, { body, statusCode }: HealthAnswer): HealthReport {
  reply.status(statusCode).header('cache-control', 'no-store');
  return body;
}
