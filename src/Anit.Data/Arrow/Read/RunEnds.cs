using System.Runtime.InteropServices;
using Anit.Data.Arrow.Meta;

namespace Anit.Data.Arrow.Read;

/// <summary>Run-end encoded columns, written out: run ends 2, 5 with values a, b mean a a b b b.</summary>
static class RunEnds
{
    public static Column Read(ref BatchCursor cursor, ArrayReader reader, ArrowField field, long rows)
    {
        var length = cursor.Node(rows, out _);
        var width = field.Children[0].Type.BitWidth / 8;
        var runs = cursor.Node(-1, out var nulls);
        if (!cursor.Validity(runs, ref nulls).IsEmpty) throw new DataFormatException("run ends that are null");
        var ends = cursor.Values(runs, width, width);
        var values = reader.Read(ref cursor, field.Children[1], -1);
        if (values.Length < runs) throw new DataFormatException($"{runs} run ends but {values.Length} values");

        cursor.Expand(4L * length);
        var sources = new int[length];
        long last = 0;
        for (var run = 0; run < runs && last < length; run++)
        {
            var end = width switch
            {
                2 => MemoryMarshal.Cast<byte, short>(ends.Span)[run],
                4 => MemoryMarshal.Cast<byte, int>(ends.Span)[run],
                _ => MemoryMarshal.Cast<byte, long>(ends.Span)[run],
            };
            if (end <= last) throw new DataFormatException($"run {run} ends at {end}, the one before at {last}");
            var covered = (int)Math.Min(end, length);
            cursor.Expand(Weight.Of(values, run) * (covered - last));
            sources.AsSpan((int)last, covered - (int)last).Fill(run);
            last = covered;
        }
        if (last < length) throw new DataFormatException($"the runs end at {last}, the column has {length} values");
        return values.Take(sources);
    }
}
