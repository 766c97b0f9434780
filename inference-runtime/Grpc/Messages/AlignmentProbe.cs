namespace ModelOperator.Grpc;

/// <summary>Finds what should lie aligned in memory, so that it can be used where it was received.</summary>
/// <param name="start">The first bytes of a message, all of it when it is small.</param>
/// <returns>How far into the message it lies, or -1 when these bytes do not tell.</returns>
public delegate int AlignmentProbe(ReadOnlySpan<byte> start);
