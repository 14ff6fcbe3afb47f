namespace Recon.Postgres.Wire;

/// <summary>Where a field stands in a buffer.</summary>
internal readonly record struct FieldPlace(int Start, int Length)
{
    /// <summary>The field's bytes; empty for null.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> buffer) => buffer.Slice(Start, Math.Max(Length, 0));
}
