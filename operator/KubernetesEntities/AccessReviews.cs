namespace ModelOperator.Kubernetes.Entities;

/// <summary>authentication.k8s.io/v1 TokenReview: whose a token is.</summary>
public sealed class TokenReview : KubernetesObject, ISpec<TokenReviewSpec>, IStatus<TokenReviewStatus>
{
    public TokenReviewSpec Spec { get; set; } = new();
    public TokenReviewStatus? Status { get; set; }
}

public sealed class TokenReviewSpec
{
    public string Token { get; set; } = "";

    /// <summary>For whom the token must be meant.</summary>
    public List<string>? Audiences { get; set; }
}

public sealed class TokenReviewStatus
{
    public bool? Authenticated { get; set; }
    public List<string>? Audiences { get; set; }
    public ReviewedUser? User { get; set; }
    public string? Error { get; set; }
}

public sealed class ReviewedUser
{
    public string? Username { get; set; }
    public string? Uid { get; set; }
    public List<string>? Groups { get; set; }
    public Dictionary<string, List<string>>? Extra { get; set; }
}

/// <summary>authorization.k8s.io/v1 SubjectAccessReview: whether somebody may do something.</summary>
public sealed class SubjectAccessReview : KubernetesObject, ISpec<SubjectAccessReviewSpec>, IStatus<SubjectAccessReviewStatus>
{
    public SubjectAccessReviewSpec Spec { get; set; } = new();
    public SubjectAccessReviewStatus? Status { get; set; }
}

public sealed class SubjectAccessReviewSpec
{
    public ResourceAttributes? ResourceAttributes { get; set; }
    public string? User { get; set; }
    public string? Uid { get; set; }
    public List<string>? Groups { get; set; }
    public Dictionary<string, List<string>>? Extra { get; set; }
}

public sealed class ResourceAttributes
{
    public string? Namespace { get; set; }
    public string? Verb { get; set; }
    public string? Group { get; set; }
    public string? Resource { get; set; }
    public string? Subresource { get; set; }
    public string? Name { get; set; }
}

public sealed class SubjectAccessReviewStatus
{
    public bool Allowed { get; set; }
    public string? Reason { get; set; }
    public string? EvaluationError { get; set; }
}
