using ModelOperator.Server.Serving;

namespace ModelOperator.Server.Repository;

/// <summary>The one model that the command line names.</summary>
internal sealed class SingleModel(ServeOptions options) : IModelStore
{
    private readonly ModelSource _source = new(options.ModelName, options.ModelVersion, options.ModelPath)
    {
        LabelsPath = Path.Combine(Path.GetDirectoryName(options.ModelPath) ?? "", ModelDirectory.LabelsFile),
    };

    public IReadOnlyList<ModelSource> List() => [_source];

    public IReadOnlyList<ModelSource> Find(string name, VersionChoice? versions)
    {
        if (name != _source.Name)
        {
            return [];
        }

        versions?.Of([ModelConfigs.Number(_source.Version)]);
        return [_source];
    }
}
