namespace Recon.Dataflow.Batches;

/// <summary>The part of the input that a batch covers; with it the batch can be found and read again.</summary>
/// <param name="File">Index of the file among the sorted files of the pipeline, from 0.</param>
/// <param name="StartByte">Where the first record starts, in bytes of the file as UTF-8 (a byte order mark included).</param>
/// <param name="EndByte">Where the record after the last one starts.</param>
/// <param name="StartLine">The line on which the first record starts, from 1.</param>
/// <param name="EndLine">The line on which the record after the last one starts.</param>
internal readonly record struct SourceRange(int File, long StartByte, long EndByte, long StartLine, long EndLine)
{
    /// <summary>The range as people read it; holds no data of the records.</summary>
    public override string ToString() => $"file {File}, lines {StartLine} to {EndLine - 1}, bytes {StartByte} to {EndByte}";
}
