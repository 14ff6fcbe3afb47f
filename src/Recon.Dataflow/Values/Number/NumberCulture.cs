namespace Recon.Dataflow.Values.Number;

/// <summary>How numbers are written: decimal separator and thousands separator.</summary>
internal enum NumberCulture
{
    /// <summary><c>1234.5</c>: point, no thousands separator.</summary>
    Invariant,

    /// <summary><c>1,234.5</c>.</summary>
    En,

    /// <summary><c>1 234,5</c>, with any kind of space.</summary>
    Fr,

    /// <summary><c>1.234,5</c>.</summary>
    De,

    /// <summary><c>1'234.5</c>, with a straight or a curly apostrophe.</summary>
    Ch,
}
