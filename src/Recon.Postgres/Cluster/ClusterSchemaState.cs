namespace Recon.Postgres.Cluster;

/// <summary>Whether workers can find each other on a server.</summary>
internal enum ClusterSchemaState
{
    Ready,

    /// <summary>It is not there, and this role may create it.</summary>
    Missing,

    /// <summary>It is of another version, or has lost a table, and this role owns it.</summary>
    Outdated,

    /// <summary>It is not there, and this role may not create it.</summary>
    NotAllowed,

    /// <summary>It is of another version, and another role's.</summary>
    NotOurs,

    /// <summary>It is there, and this role may not use it.</summary>
    Forbidden,
}
