namespace ModelOperator.Server.Repository;

/// <summary>A version of a model in the repository's index.</summary>
/// <param name="Name">Name of the model.</param>
/// <param name="Version">The version.</param>
/// <param name="State">READY, LOADING or UNAVAILABLE.</param>
/// <param name="Reason">Why it is unavailable.</param>
internal sealed record ModelState(string Name, string Version, string State, string Reason);
