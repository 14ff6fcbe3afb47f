namespace Recon.Dataflow.Values.Text;

/// <summary>Whether a text begins with another.</summary>
internal enum BeginningKind
{
    None,

    /// <summary>It does, and goes on.</summary>
    Whole,

    /// <summary>It does but for the last character, of which half was lost.</summary>
    Torn,
}

/// <param name="Blanks">Characters of white space that follow in the longer text; a line end counts as two, which it may have been.</param>
/// <param name="Next">Bytes of the character that follows behind these, where it takes several: a cut in the middle of it leaves none of it.</param>
internal readonly record struct TextBeginning(BeginningKind Kind, int Blanks, int Next = 1);
