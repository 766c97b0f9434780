using ModelOperator.Server.Models;

namespace ModelOperator.Server.Repository;

/// <summary>How models come and go.</summary>
/// <param name="Control">Who decides what is loaded.</param>
/// <param name="Root">Directory of the models; null when there is one model only.</param>
/// <param name="LatestVersions">How many of the newest versions of each model are served; 0 serves all.</param>
/// <param name="RetireAfter">How long a request may still use a model that was replaced before it has begun to.</param>
internal sealed record RepositoryOptions(ModelControlMode Control, string? Root, int LatestVersions, TimeSpan RetireAfter);

/// <summary>Who decides what is loaded.</summary>
internal enum ModelControlMode
{
    /// <summary>What is there at the start is served until the end; clients cannot load or unload.</summary>
    None,

    /// <summary>Clients may load and unload.</summary>
    Explicit,
}

/// <summary>Has a model that is loaded, but that clients do not find yet, answer requests as clients will send them.</summary>
internal interface IWarmUp
{
    Task RunAsync(ServedModel model, CancellationToken cancellationToken);
}
