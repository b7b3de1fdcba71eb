import { shardName } from '@bowline/contracts';
import { count as counted, sumOfShares } from '@bowline/domain';
