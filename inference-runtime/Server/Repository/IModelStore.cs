using ModelOperator.Server.Models;

namespace ModelOperator.Server.Repository;

/// <summary>Knows what models there are to be served.</summary>
internal interface IModelStore
{
    /// <summary>The versions that are to be served of each model, as they are now.</summary>
    IReadOnlyList<ModelSource> List();

    /// <summary>The versions of one model that are to be served, as they are now; none when it is not there.</summary>
    /// <param name="name">The model.</param>
    /// <param name="versions">Which versions; null leaves that to the store's own setting.</param>
    IReadOnlyList<ModelSource> Find(string name, VersionChoice? versions);
}
