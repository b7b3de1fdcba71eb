import type { StatusResponse } from '@bowline/contracts';

/** What the composition tells of the desk that it made. */
export interface DeskStatus {
  read(): StatusResponse;
}
