"""Calls a server with gRPC's own Python client: client.py PROTOS ADDRESS SCENARIO prints what came back as JSON."""
import json
import struct
import sys
import threading
import time

sys.path.insert(0, sys.argv[1])

import grpc  # noqa: E402

# The protos of health and reflection are made into modules of a package that gRPC's own has the name of.
grpc.__path__.append(sys.argv[1] + "/grpc")

import grpc_service_pb2 as pb  # noqa: E402
from grpc.health.v1 import health_pb2  # noqa: E402
from grpc.reflection.v1alpha import reflection_pb2  # noqa: E402

SERVICE = "inference.GRPCInferenceService"
OPTIONS = [("grpc.max_receive_message_length", 64 << 20), ("grpc.max_send_message_length", 64 << 20)]
channel = grpc.insecure_channel(sys.argv[2], options=OPTIONS)


def unary(method, request, response, service=SERVICE, **options):
    call = channel.unary_unary(
        f"/{service}/{method}", request_serializer=type(request).SerializeToString, response_deserializer=response.FromString)
    return call.with_call(request, timeout=options.pop("timeout", 30), **options)


def digits(rows=1, id="", model="digits", **more):
    request = pb.ModelInferRequest(model_name=model, id=id, **more)
    request.inputs.add(name="image", datatype="FP32", shape=[rows, 64])
    request.raw_input_contents.append(struct.pack(f"<{64 * rows}f", *[float(i % 16) for i in range(64 * rows)]))
    return request


def infer(request, **options):
    response, call = unary("ModelInfer", request, pb.ModelInferResponse, **options)
    return response, call


def told(response):
    return {
        "model": response.model_name, "version": response.model_version, "id": response.id,
        "outputs": [[o.name, o.datatype, list(o.shape)] for o in response.outputs],
        "labels": list(struct.unpack(f"<{len(response.raw_output_contents[0]) // 8}q", response.raw_output_contents[0])),
        "final": response.parameters["triton_final_response"].bool_param if "triton_final_response" in response.parameters else None,
    }


def failure(call, *arguments, **options):
    try:
        call(*arguments, **options)
    except grpc.RpcError as e:
        return [e.code().name, e.details()]
    return None


def scenario_unary():
    response, _ = infer(digits(3, id="seven"), metadata=[("x-request-id", "mine")])
    _, anonymous = infer(digits())
    return {
        "response": told(response),  "unnamed": dict(anonymous.initial_metadata()).get("x-request-id"),
    }


def scenario_typed():
    request = pb.ModelInferRequest(model_name="digits")
    image = request.inputs.add(name="image", datatype="FP32", shape=[1, 64])
    image.contents.fp32_contents.extend([float(i % 16) for i in range(64)])
    raw, _ = infer(request)
    request.parameters["binary_data_output"].bool_param = False
    typed, _ = infer(request)
    probabilities = struct.unpack("<10f", raw.raw_output_contents[1])
    return {
        "same": list(typed.outputs[1].contents.fp32_contents) == list(probabilities)
        and list(typed.outputs[0].contents.int64_contents) == told(raw)["labels"] == told(infer(digits())[0])["labels"],
        "raw": len(typed.raw_output_contents),
    }


def scenario_classification():
    request = digits(2)
    request.outputs.add(name="probabilities").parameters["classification"].int64_param = 3
    response, _ = infer(request)
    data, texts = response.raw_output_contents[0], []
    while data:
        length, = struct.unpack_from("<I", data)
        texts.append(data[4:4 + length].decode())
        data = data[4 + length:]
    return {"output": [response.outputs[0].datatype, list(response.outputs[0].shape)], "indexes": [t.split(":")[1] for t in texts]}


def scenario_errors():
    short = digits()
    short.raw_input_contents[0] = short.raw_input_contents[0][:-4]
    both = digits()
    both.inputs[0].contents.fp32_contents.append(1)
    type_ = digits()
    type_.inputs[0].datatype = "FP64"
    return {
        "model": failure(infer, digits(model="größer")), "version": failure(infer, digits(model_version="9")), "short": failure(infer, short),
        "both": failure(infer, both), "type": failure(infer, type_), "none": failure(infer, pb.ModelInferRequest(model_name="digits")),
        "deadline": failure(infer, digits(64 * 1024), timeout=0.005),
        "method": failure(unary, "Nothing", pb.ServerLiveRequest(), pb.ServerLiveResponse),
    }


def scenario_compression():
    result = {}
    for name, algorithm in (("gzip", grpc.Compression.Gzip), ("deflate", grpc.Compression.Deflate)):
        response, _ = infer(digits(500), compression=algorithm)
        result[name] = told(response)["outputs"]
    return result


def scenario_large():
    rows = 64 * 1024  # 16 MiB
    start = time.perf_counter()
    response, _ = infer(digits(rows))
    seconds = time.perf_counter() - start
    small = told(infer(digits(1))[0])["labels"]
    return {"outputs": told(response)["outputs"], "same": set(told(response)["labels"][::1]) == set(small), "seconds": seconds}


def scenario_stream():
    stream = channel.stream_stream(
        f"/{SERVICE}/ModelStreamInfer", request_serializer=pb.ModelInferRequest.SerializeToString,
        response_deserializer=pb.ModelStreamInferResponse.FromString)
    requests = [digits(1 + i % 3, id=str(i), model="digits" if i % 7 else "other") for i in range(300)]
    responses = list(stream(iter(requests), timeout=60))
    ending = stream(iter(requests), metadata=[("triton_grpc_error", "true")], timeout=60)
    one_at_a_time = []
    ready = threading.Event()

    def slow():
        for i in range(1, 4):
            yield digits(id=str(i))
            ready.wait(10)
            ready.clear()

    for response in stream(slow(), timeout=60):
        one_at_a_time.append(response.infer_response.id)
        ready.set()
    return {
        "order": [int(r.infer_response.id) for r in responses] == list(range(300)),
        "errors": [[i, r.error_message] for i, r in enumerate(responses) if r.error_message][:2], "count": sum(bool(r.error_message) for r in responses),
        "final": all(r.infer_response.parameters["triton_final_response"].bool_param for r in responses),
        "first": told(responses[1].infer_response), "end": failure(lambda: list(ending)), "one": one_at_a_time,
    }


def scenario_information():
    metadata, _ = unary("ModelMetadata", pb.ModelMetadataRequest(name="digits"), pb.ModelMetadataResponse)
    infer(digits(2))
    statistics, _ = unary("ModelStatistics", pb.ModelStatisticsRequest(name="digits"), pb.ModelStatisticsResponse)
    model = statistics.model_stats[0]
    config = unary("ModelConfig", pb.ModelConfigRequest(name="digits"), pb.ModelConfigResponse)[0].config
    return {
        "live": unary("ServerLive", pb.ServerLiveRequest(), pb.ServerLiveResponse)[0].live,
        "ready": unary("ServerReady", pb.ServerReadyRequest(), pb.ServerReadyResponse)[0].ready,
        "model": unary("ModelReady", pb.ModelReadyRequest(name="digits"), pb.ModelReadyResponse)[0].ready,
        "unknown": unary("ModelReady", pb.ModelReadyRequest(name="other"), pb.ModelReadyResponse)[0].ready,
        "server": unary("ServerMetadata", pb.ServerMetadataRequest(), pb.ServerMetadataResponse)[0].name,
        "inputs": [[i.name, i.datatype, list(i.shape)] for i in metadata.inputs], "versions": list(metadata.versions),
        "config": [config.name, config.platform, config.backend, [[i.name, i.data_type] for i in [*config.input, *config.output]],
                   config.instance_group[0].kind],
        "statistics": [model.name, model.version, model.inference_count, model.execution_count, model.inference_stats.success.count],
    }


def scenario_repository():
    def index(ready=False):
        response, _ = unary("RepositoryIndex", pb.RepositoryIndexRequest(ready=ready), pb.RepositoryIndexResponse)
        return [[m.name, m.version, m.state] for m in response.models]

    def change(what, request, response):
        return unary(f"RepositoryModel{what}", request, response)

    told = [index(), failure(infer, digits())]
    change("Unload", pb.RepositoryModelUnloadRequest(model_name="digits"), pb.RepositoryModelUnloadResponse)
    told += [index(), index(ready=True), (failure(infer, digits()) or [None])[0]]
    told += [failure(change, "Load", pb.RepositoryModelLoadRequest(model_name="other"), pb.RepositoryModelLoadResponse)[0]]
    override = pb.RepositoryModelLoadRequest(model_name="digits")
    override.parameters["config"].string_param = '{"ensemble_scheduling": {"step": [{}]}}'
    told += [failure(change, "Load", override, pb.RepositoryModelLoadResponse)[0]]
    change("Load", pb.RepositoryModelLoadRequest(model_name="digits"), pb.RepositoryModelLoadResponse)
    return told + [index(), failure(infer, digits())]


def scenario_tools():
    health, _ = unary("Check", health_pb2.HealthCheckRequest(service=SERVICE), health_pb2.HealthCheckResponse, service="grpc.health.v1.Health")
    reflection = channel.stream_stream(
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
        response_deserializer=reflection_pb2.ServerReflectionResponse.FromString)
    listed, file = reflection(iter([
        reflection_pb2.ServerReflectionRequest(list_services=""),
        reflection_pb2.ServerReflectionRequest(file_containing_symbol=SERVICE)]), timeout=30)
    return {
        "health": health_pb2.HealthCheckResponse.ServingStatus.Name(health.status),
        "services": [s.name for s in listed.list_services_response.service], "files": len(file.file_descriptor_response.file_descriptor_proto),
    }


def scenario_drain():
    """Calls without a pause until the server is gone; tells what became of them."""
    counts = {"ok": 0, "failed": []}
    lock = threading.Lock()

    def work():
        while True:
            try:
                infer(digits())
                with lock:
                    counts["ok"] += 1
            except grpc.RpcError as e:
                with lock:
                    counts["failed"].append([e.code().name, e.details()])
                return

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    print("started", flush=True)
    for thread in threads:
        thread.join()
    return counts


print(json.dumps(globals()[f"scenario_{sys.argv[3]}"]()), flush=True)
