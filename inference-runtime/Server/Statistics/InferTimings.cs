using System.Runtime.InteropServices;

namespace ModelOperator.Server.Statistics;

/// <summary>Where the time of a computed request went.</summary>
/// <param name="Queue">Waiting for its turn, or for others to be computed with.</param>
/// <param name="Input">Bringing the inputs to where the model reads them.</param>
/// <param name="Infer">The model computing.</param>
/// <param name="Output">Bringing the outputs to where they are answered from.</param>
/// <param name="BatchSize">Rows computed at once, those of other requests included.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct InferTimings(TimeSpan Queue, TimeSpan Input, TimeSpan Infer, TimeSpan Output, int BatchSize);
