namespace Recon.Postgres.Wire;

/// <summary>Where a field stands in a buffer.</summary>
/// <param name="Start">Its first byte, from 0.</param>
/// <param name="Length">Its bytes; -1 for null.</param>
internal readonly record struct FieldPlace(int Start, int Length)
{
    /// <summary>The field's bytes; empty for null.</summary>
    /// <param name="buffer">The buffer.</param>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> buffer) => buffer.Slice(Start, Math.Max(Length, 0));
}
