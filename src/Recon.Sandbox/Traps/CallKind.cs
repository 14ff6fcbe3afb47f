namespace Recon.Sandbox.Traps;

/// <summary>The calls that the sandbox answers.</summary>
internal enum CallKind
{
    /// <summary>A path that HubSpot does not know, or a method that it does not take.</summary>
    Unknown,

    /// <summary><c>batch/read</c>.</summary>
    Read,

    /// <summary><c>batch/update</c>.</summary>
    Update,

    /// <summary>One record by its id.</summary>
    Get,

    Search,

    /// <summary>The properties of a type, or one of them.</summary>
    Properties,

    /// <summary>The validation rules of a type.</summary>
    Rules,

    /// <summary><c>batch/associate/default</c>.</summary>
    Associate,

    /// <summary>Reading associations back.</summary>
    Associations,

    Account,

    Token,
}
