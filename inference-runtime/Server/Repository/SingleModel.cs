using ModelOperator.Server.Fetching.Stores;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Repository;

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
