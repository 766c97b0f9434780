using System.Runtime.InteropServices;
using ModelOperator.Protocol;

namespace ModelOperator.Router.Routing;

/// <summary>How the truth about a model's predictions is judged.</summary>
/// <param name="Kind">What the predictions are.</param>
/// <param name="Tolerance">How near a number must be.</param>
/// <param name="TakesClientIds">Whether feedback may name a request by an id that its client made, which others can guess.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FeedbackRule(PredictionKind Kind, Tolerance Tolerance, bool TakesClientIds = false);
