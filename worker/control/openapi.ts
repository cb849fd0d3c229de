import { z } from 'zod';
import type { Route } from './route.ts';
import { refusalSchema, ROUTES } from './routes.ts';

/** The OpenAPI 3.1 document, made from the schemas the server itself parses with. */
export function openApiDocument(): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, route] of Object.entries(ROUTES) as [string, Route][]) {
    const path = route.path.replace(/:(\w+)/gu, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(name, route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sidetone worker',
      version: '1',
      description: 'Whatever the console can do, a script can do with a token.',
    },
    paths,
    components: { securitySchemes: { session: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
  };
}

function operation(name: string, route: Route): Record<string, unknown> {
  const { method, says, needs, params, query, body, result } = route;
  return {
    operationId: name,
    summary: says,
    ...(needs === 'public' ? {} : { security: [{ session: [] }], 'x-needs': needs }),
    parameters: [...parameters('path', params), ...parameters('query', query)],
    ...(method === 'POST' ? { requestBody: { required: true, content: json(body, 'input') } } : {}),
    responses: {
      200: { description: 'Done.', content: json(result, 'output') },
      default: { description: 'Refused, with a code.', content: json(refusalSchema, 'output') },
    },
  };
}

function parameters(place: 'path' | 'query', schema: z.ZodType): readonly unknown[] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
  }) as { properties?: Record<string, unknown>; required?: string[] };
  return Object.entries(properties).map(([name, inner]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: inner,
  }));
}

function json(schema: z.ZodType, io: 'input' | 'output'): unknown {
  return { 'application/json': { schema: z.toJSONSchema(schema, { io, unrepresentable: 'any' }) } };
}
