using Recon.Dataflow.Text;

namespace Recon.Review.Model;

/// <summary>How values of records are shown: cut, and as their shape where they are hidden.</summary>
internal sealed record ValueShow(bool Masked, int Characters)
{
    private const int ShapeCharacters = 24;

    public ShownValue? Of(string? value) => value is null ? null : Of(value, value.Length);

    /// <param name="length">Characters of the whole value, of which this may be the beginning.</param>
    public ShownValue Of(string value, int length)
    {
        string shown = Cut(value, Masked ? Math.Min(ShapeCharacters, Characters) : Characters);
        return Masked ? new ShownValue(Mask.Of(shown)!, length) : new ShownValue(shown, shown.Length == length ? null : length);
    }

    /// <summary>A value that may be shown because the definition names it.</summary>
    public ShownValue? Known(string? value) => value is null ? null : (this with { Masked = false }).Of(value);

    // Not in the middle of a character.
    private static string Cut(string value, int most)
        => value.Length <= most ? value : value[..(char.IsHighSurrogate(value[most - 1]) ? most - 1 : most)];
}
