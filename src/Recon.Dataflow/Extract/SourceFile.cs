namespace Recon.Dataflow.Extract;

/// <summary>How the bytes of an input arrive.</summary>
internal enum InputKind
{
    /// <summary>A regular file, or an object in storage.</summary>
    Plain,

    /// <summary>A file or an object compressed by gzip.</summary>
    Gzip,

    /// <summary>Standard input: read once, of unknown length, not resumable.</summary>
    StandardInput,
}

/// <summary>One file of a pipeline's input.</summary>
/// <param name="Path">The full path, or the address of an object, which may hold a secret; <c>-</c> for standard input.</param>
/// <param name="Name">The path as people know it: relative to the definition where possible, an address without its query.</param>
/// <param name="Length">Its length in bytes on disk; <see langword="null"/> for standard input.</param>
internal sealed record SourceFile(string Path, string Name, long? Length, InputKind Kind)
{
    /// <summary>The object in storage that it is; <see langword="null"/> for a file.</summary>
    public StoredObject? Object { get; init; }

    /// <summary>Opens it, wherever it lies: the one place where an input is opened. The stream seeks.</summary>
    /// <param name="bufferSize">Bytes that a file's stream buffers; that of an object has buffers of its own.</param>
    /// <exception cref="IOException">A file cannot be opened.</exception>
    public Stream OpenRead(int bufferSize = 0, FileOptions options = FileOptions.None) => Object?.OpenRead() ?? new FileStream(Path, new FileStreamOptions
    {
        BufferSize = bufferSize,
        Options = options,
        Share = FileShare.ReadWrite | FileShare.Delete,
    });

    /// <summary>The name: the path may hold a secret.</summary>
    public override string ToString() => Name;
}
