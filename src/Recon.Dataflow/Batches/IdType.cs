namespace Recon.Dataflow.Batches;

/// <summary>How legacy ids are written, and so what may be tidied in them.</summary>
internal enum IdType
{
    /// <summary>Any text; only surrounding white space is removed.</summary>
    Text,

    /// <summary>Digits; surrounding white space and a <c>.0</c> tail are removed, anything else is rejected.</summary>
    Number,
}
