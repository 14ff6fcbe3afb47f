namespace Recon.Dataflow.Text;

/// <summary>Hides values but keeps their shape, so that a spelling can be discussed without showing whose it is.</summary>
internal static class Mask
{
    /// <returns>Letters as <c>x</c>, digits as <c>9</c>; punctuation and white space as they are.</returns>
    public static string? Of(string? value)
        => value is null ? null : string.Concat(value.Select(character =>
            char.IsDigit(character) ? '9'
            : char.IsAscii(character) && !char.IsLetter(character) ? character
            : 'x'));
}
