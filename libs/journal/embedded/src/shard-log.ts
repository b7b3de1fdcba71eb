/** Where the records of one shard lie that are kept: a run for each segment that has some of them. */
export class ShardLog {
  /** The number of the last record that is durable. */
  last: number;
  private runs: Run[] = [];

  /**
   * @param number of the shard in the frames
   * @param forgotten the last record that may be missing, because a snapshot holds it
   */
  constructor(
    readonly name: string,
    readonly number: number,
    public forgotten: number,
  ) {
    this.last = forgotten;
  }

  /** The record after `last` is durable in the segment, `length` bytes from `offset` on. */
  add(segment: number, offset: number, length: number): void {
    this.last += 1;
    let run = this.runs.at(-1);
    if (run?.segment !== segment) {
      run = new Run(segment, this.last);
      this.runs.push(run);
    }
    run.add(offset, length);
  }

  /** The run that holds a record; null where none does. */
  runOf(sequence: number): Run | null {
    return this.runs.find(({ end, first }) => first <= sequence && sequence < end) ?? null;
  }

  /** Numbers of the segments that hold a record which is not forgotten. */
  segments(): readonly number[] {
    return this.runs.map(({ segment }) => segment);
  }

  forget(sequence: number): void {
    this.forgotten = Math.max(this.forgotten, sequence);
    this.runs = this.runs.filter(({ end }) => end > this.forgotten + 1);
  }
}

/** Consecutive records of one shard in one segment. */
export class Run {
  private count = 0;
  private offsets = new Uint32Array(8);
  private lengths = new Uint32Array(8);

  constructor(
    readonly segment: number,
    readonly first: number,
  ) {}

  /** The number after that of the last record. */
  get end(): number {
    return this.first + this.count;
  }

  add(offset: number, length: number): void {
    if (this.count === this.offsets.length) {
      this.offsets = doubled(this.offsets);
      this.lengths = doubled(this.lengths);
    }
    this.offsets[this.count] = offset;
    this.lengths[this.count] = length;
    this.count += 1;
  }

  offsetOf(sequence: number): number {
    return this.offsets[sequence - this.first]!;
  }

  lengthOf(sequence: number): number {
    return this.lengths[sequence - this.first]!;
  }
}

function doubled(numbers: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}
