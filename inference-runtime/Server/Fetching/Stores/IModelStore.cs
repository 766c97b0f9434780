namespace ModelOperator.Server.Fetching.Stores;

/// <summary>Knows how the files of a model are got from one kind of store.</summary>
internal interface IModelStore
{
    /// <summary>Finds out what is to be downloaded.</summary>
    Task<ModelContent> ResolveAsync(CancellationToken cancellationToken);
}
