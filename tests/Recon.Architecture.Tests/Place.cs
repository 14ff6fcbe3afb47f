using Microsoft.CodeAnalysis;

namespace Recon.Architecture.Tests;

/// <summary>A line of the sources.</summary>
/// <param name="File">Path from the root of the repository, with slashes.</param>
/// <param name="Line">Number of the line, from 1.</param>
internal sealed record Place(string File, int Line)
{
    /// <summary>The project's folder in <c>src</c>.</summary>
    public string Project => File.Split('/')[1];

    /// <summary>The project's top-level folder; a dot for files beside the project file.</summary>
    public string Folder => File.Split('/') is { Length: > 3 } parts ? parts[2] : ".";

    public static Place Of(SyntaxNode node)
        => new(node.SyntaxTree.FilePath, node.SyntaxTree.GetLineSpan(node.Span).StartLinePosition.Line + 1);

    public override string ToString() => $"{File}:{Line}";
}

/// <summary>A place that refers to a type or namespace declared at another place.</summary>
internal sealed record Arrow(Place From, Place To, string Name)
{
    public override string ToString() => $"{From} refers to {Name} ({To.File})";
}
