using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Definition;

/// <summary>The HubSpot account that the mirror is of, and how it may be changed.</summary>
internal sealed record HubspotDefinition
{
    /// <summary>The public API.</summary>
    public const string PublicBase = "https://api.hubapi.com";

    /// <summary>The account; unknown when <see langword="null"/>, and then the token's account is asked for.</summary>
    [Option("The number of the account, which HubSpot calls Hub ID or portal: \"recon review\" links to its records, and plans are bound to it. Default: the account of the token.", Minimum = 1, Maximum = 9_007_199_254_740_991)]
    public long? Portal { get; init; }

    [Option("The address of the API, or \"env:NAME\". Only https, except on this machine.", Later = true)]
    public string Base { get; init; } = PublicBase;

    /// <summary>The variable that holds the token, as <c>env:NAME</c>; nothing can be sent when <see langword="null"/>.</summary>
    [Option("The variable that holds the token of a service key or private app: \"env:NAME\". The token itself is never in the file.", Later = true)]
    public string? Token { get; init; }

    [Option("The version of the API: \"2026-09\", or \"v3\" for the older addresses.", Later = true)]
    public string Version { get; init; } = "2026-09";

    [Option("Seconds after which a call is given up.", Minimum = 1, Maximum = 600, Later = true)]
    public int TimeoutSeconds { get; init; } = 30;

    [Option("What \"recon push\" may do, and where it stops.", Later = true)]
    public PushDefinition Push { get; init; } = new();
}
