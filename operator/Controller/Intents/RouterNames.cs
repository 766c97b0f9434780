using ModelOperator.Api;

namespace ModelOperator.Controller.Intents;

/// <summary>Names of the router's objects, the same in every namespace.</summary>
internal static class RouterNames
{
    /// <summary>Its Deployment, ServiceAccount, RoleBinding, and the ClusterRole the installation brings.</summary>
    public const string Router = RouterPods.Deployment;

    /// <summary>The ClusterRole and its binding that let routers ask whose a token is; the installation brings both.</summary>
    public const string Reviews = "model-router-reviews";

    public const string TrafficPort = "http";
    public const int TrafficPortNumber = 8080;
    public const string AdminPort = "admin";
    public const int AdminPortNumber = 8081;
}
