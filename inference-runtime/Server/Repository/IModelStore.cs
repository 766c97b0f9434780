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

/// <summary>The one model that the command line names.</summary>
internal sealed class SingleModel(ModelSource source) : IModelStore
{
    public IReadOnlyList<ModelSource> List() => [source];

    public IReadOnlyList<ModelSource> Find(string name, VersionChoice? versions)
    {
        if (name != source.Name)
        {
            return [];
        }

        versions?.Of([ModelConfigs.Number(source.Version)]);
        return [source];
    }
}
