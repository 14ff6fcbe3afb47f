namespace Recon.Dataflow.Values.Choice;

/// <summary>What a value that the map does not know does.</summary>
internal enum UnmappedPolicy
{
    /// <summary>The value is not staged; it is counted and listed with the nearest option.</summary>
    RejectValue,

    /// <summary>The whole record is rejected.</summary>
    RejectRow,

    /// <summary>It stays as it is.</summary>
    Pass,
}
