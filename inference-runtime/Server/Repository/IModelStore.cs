namespace ModelOperator.Server.Repository;

/// <summary>Knows what models there are to be served.</summary>
internal interface IModelStore
{
    /// <summary>The versions that are to be served of each model, as they are now.</summary>
    IReadOnlyList<ModelSource> List();
}
