namespace ModelOperator.Evidence;

/// <summary>Why the process cannot go on, in a word for the operator and a sentence for people.</summary>
public sealed class TerminatingException : Exception
{
    public TerminatingException(string reason, string message)
        : base(message) => Reason = reason;

    public TerminatingException(string reason, string message, Exception innerException)
        : base(message, innerException) => Reason = reason;

    public TerminatingException()
        : this(FailureReasons.InvalidConfiguration, "unknown failure")
    {
    }

    public TerminatingException(string message)
        : this(FailureReasons.InvalidConfiguration, message)
    {
    }

    public TerminatingException(string message, Exception innerException)
        : this(FailureReasons.InvalidConfiguration, message, innerException)
    {
    }

    /// <summary>One of <see cref="FailureReasons"/>.</summary>
    public string Reason { get; }
}

/// <summary>Reasons the operator knows; they end up in the conditions of a ModelDeployment.</summary>
public static class FailureReasons
{
    /// <summary>There is nothing at the model's URI or path.</summary>
    public const string ModelNotFound = "ModelNotFound";

    /// <summary>The model could not be downloaded, also after retries.</summary>
    public const string ModelDownloadFailed = "ModelDownloadFailed";

    /// <summary>What was downloaded is not what the digest names.</summary>
    public const string DigestMismatch = "DigestMismatch";

    /// <summary>The address, or what a name or a redirect leads to, is one that no model may come from here.</summary>
    public const string AddressRefused = "AddressRefused";

    /// <summary>The model has no signature, or one that is not by the key asked for.</summary>
    public const string SignatureInvalid = "SignatureInvalid";

    /// <summary>The archive cannot be unpacked, is not safe to, or holds no model.</summary>
    public const string ArchiveInvalid = "ArchiveInvalid";

    /// <summary>The file is not a model that can be served.</summary>
    public const string ModelInvalid = "ModelInvalid";

    /// <summary>The credentials are not there, or the model store refuses them.</summary>
    public const string CredentialsMissing = "CredentialsMissing";

    /// <summary>None of the execution providers asked for works here.</summary>
    public const string ProviderUnavailable = "ProviderUnavailable";

    /// <summary>There is nothing at the data set's URI or path.</summary>
    public const string DatasetNotFound = "DatasetNotFound";

    /// <summary>The data set could not be downloaded, also after retries.</summary>
    public const string DatasetDownloadFailed = "DatasetDownloadFailed";

    /// <summary>A row of the data set is none, or there are none or too many.</summary>
    public const string DatasetInvalid = "DatasetInvalid";

    /// <summary>The model predicts no classes, so that no truth can be held against its answers.</summary>
    public const string NoLabels = "NoLabels";

    /// <summary>A revision gave no answer, also after retries.</summary>
    public const string RevisionUnreachable = "RevisionUnreachable";

    /// <summary>An argument makes no sense.</summary>
    public const string InvalidConfiguration = "InvalidConfiguration";
}
