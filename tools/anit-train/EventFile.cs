using System.Buffers.Binary;
using System.Numerics;
using System.Text.Json;
using Google.Protobuf;
using static Google.Protobuf.WireFormat;

namespace Anit.Tools.Train;

/// <summary>The curves of a run as TensorBoard reads them.</summary>
/// <remarks>Records of TensorFlow: length, masked CRC-32C of the length, content, masked CRC-32C of the content; each an <c>Event</c> of
/// event.proto. There is no clock in a result, so an event's time is its step, in seconds.</remarks>
static class EventFile
{
    /// <summary>Its name; TensorBoard looks for <c>tfevents</c>.</summary>
    public const string Name = "events.out.tfevents.0.anit";

    const string Version = "brain.Event:2";
    const int WallTime = 1, Step = 2, FileVersion = 3, Summary = 5; // of Event
    const int Value = 1, Tag = 1, SimpleValue = 2; // of Summary, and of its values

    /// <summary>Writes the numbers of a log: <c>train/loss</c>, <c>eval/f1</c> and so on.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="log"><c>train.jsonl</c>.</param>
    public static void Write(string path, string log)
    {
        using var file = File.Create(path);
        Record(file, Message(m =>
        {
            m.WriteTag(WallTime, WireType.Fixed64);
            m.WriteDouble(0);
            m.WriteTag(FileVersion, WireType.LengthDelimited);
            m.WriteString(Version);
        }));
        foreach (var line in File.ReadLines(log))
        {
            using var record = JsonDocument.Parse(line);
            var step = record.RootElement.GetProperty("step").GetInt64();
            var summary = Message(m =>
            {
                foreach (var (tag, number) in Numbers(record.RootElement)) Nested(m, Value, Scalar(tag, number));
            });
            Record(file, Message(m =>
            {
                m.WriteTag(WallTime, WireType.Fixed64);
                m.WriteDouble(step);
                m.WriteTag(Step, WireType.Varint);
                m.WriteInt64(step);
                Nested(m, Summary, summary);
            }));
        }
    }

    static IEnumerable<(string Tag, float Number)> Numbers(JsonElement record)
    {
        const string OfDevelopment = "eval_";
        var group = Records.IsOfDevelopment(record) ? "eval/" : "train/";
        foreach (var property in record.EnumerateObject().Where(p => p.Name != "step" && p.Value.ValueKind == JsonValueKind.Number))
            yield return (group + (property.Name.StartsWith(OfDevelopment, StringComparison.Ordinal) ? property.Name[OfDevelopment.Length..]
                : property.Name), property.Value.GetSingle());
    }

    static byte[] Scalar(string tag, float number) => Message(m =>
    {
        m.WriteTag(Tag, WireType.LengthDelimited);
        m.WriteString(tag);
        m.WriteTag(SimpleValue, WireType.Fixed32);
        m.WriteFloat(number);
    });

    static void Nested(CodedOutputStream to, int field, byte[] message)
    {
        to.WriteTag(field, WireType.LengthDelimited);
        to.WriteBytes(ByteString.CopyFrom(message));
    }

    static byte[] Message(Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        using (var message = new CodedOutputStream(bytes, leaveOpen: true)) write(message);
        return bytes.ToArray();
    }

    static void Record(Stream file, byte[] content)
    {
        Span<byte> length = stackalloc byte[sizeof(ulong)], check = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)content.Length);
        file.Write(length);
        BinaryPrimitives.WriteUInt32LittleEndian(check, Masked(length));
        file.Write(check);
        file.Write(content);
        BinaryPrimitives.WriteUInt32LittleEndian(check, Masked(content));
        file.Write(check);
    }

    static uint Masked(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var b in data) crc = BitOperations.Crc32C(crc, b);
        return BitOperations.RotateRight(~crc, 15) + 0xa282ead8;
    }
}
