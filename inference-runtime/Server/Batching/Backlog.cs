using System.Runtime.InteropServices;

namespace ModelOperator.Server.Batching;

/// <summary>The requests that wait for their turn.</summary>
/// <param name="Count">How many.</param>
/// <param name="Arrived">When the first of them came.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Backlog(int Count, long Arrived);
