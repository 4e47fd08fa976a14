// The floor for an HTTP answer: Nest on Fastify and nothing else, 1 KB of JSON.
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

const body = { hello: 'world', filler: 'x'.repeat(990) };

// Decorators applied by hand: this file runs as it is, without a compiler.
class Hello {
  answer() {
    return body;
  }
}
Get('hello')(Hello.prototype, 'answer', Object.getOwnPropertyDescriptor(Hello.prototype, 'answer'));
Controller()(Hello);

class HelloModule {}
Module({ controllers: [Hello] })(HelloModule);

const app = await NestFactory.create(HelloModule, new FastifyAdapter(), { logger: ['error'] });
await app.listen(0, '127.0.0.1');
process.send({ port: app.getHttpServer().address().port });
process.on('disconnect', () => process.exit(0));
