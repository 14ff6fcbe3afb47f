namespace Recon.Dataflow.Extract;

/// <summary>How the bytes of an input arrive.</summary>
internal enum InputKind
{
    /// <summary>A regular file.</summary>
    Plain,

    /// <summary>A file compressed by gzip.</summary>
    Gzip,

    /// <summary>Standard input: read once, of unknown length, not resumable.</summary>
    StandardInput,
}

/// <summary>One file of a pipeline's input.</summary>
/// <param name="Path">The full path; <c>-</c> for standard input.</param>
/// <param name="Name">The path as people know it: relative to the definition where possible.</param>
/// <param name="Length">Its length in bytes on disk; <see langword="null"/> for standard input.</param>
internal sealed record SourceFile(string Path, string Name, long? Length, InputKind Kind);
